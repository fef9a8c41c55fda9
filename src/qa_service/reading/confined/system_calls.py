"""System calls that a process gives up for good: connections, programs, changes to files."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass

_NO_NEW_PRIVILEGES = 38  # prctl options and flags of linux/prctl.h and linux/seccomp.h
_SET_SECCOMP = 22
_SECCOMP_FILTER = 2
_RETURN_ALLOW = 0x7FFF0000
_RETURN_ERRNO = 0x00050000
_X32_CALLS = 0x40000000  # a second numbering of the same calls on x86-64
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class _Calls:
    """Numbers of system calls on one processor; ``architecture`` is its own in linux/audit.h.

    ``cloning`` may start a thread, but no process. ``signalling`` may reach this process alone,
    as ``abort`` does. ``opening`` may read, but not write: with each
    goes the position of its flags. ``newer`` hide their flags behind a pointer, which a filter
    cannot follow: they must seem not to exist, and callers fall back on the older ones.
    """

    architecture: int
    refused: tuple[int, ...]
    cloning: int
    signalling: int
    opening: tuple[tuple[int, int], ...]
    newer: tuple[int, ...]


_CALLS = {
    "x86_64": _Calls(
        0xC000003E,
        (
            *(41, 53, 425),  # socket, socketpair, io_uring_setup
            *(59, 322, 57, 58),  # execve, execveat, fork, vfork
            *(101, 311, 62, 200),  # ptrace, process_vm_writev, kill, tkill
            *(129, 297, 424),  # rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
            *(85, 87, 263, 82, 264, 316, 84),  # creat, unlink(at), rename(at, at2), rmdir
            *(83, 258, 86, 265, 88, 266),  # mkdir(at), link(at), symlink(at)
            *(133, 259, 76),  # mknod(at), truncate
            *(90, 91, 268, 452),  # chmod, fchmod, fchmodat, fchmodat2
            *(92, 93, 94, 260),  # chown, fchown, lchown, fchownat
            *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
            *(188, 189, 190, 197, 198, 199),  # (l, f)setxattr, (l, f)removexattr
        ),
        cloning=56,
        signalling=234,  # tgkill
        opening=((2, 1), (257, 2)),  # open, openat
        newer=(435, 437),  # clone3, openat2
    ),
    "aarch64": _Calls(
        0xC00000B7,
        (
            *(198, 199, 425),  # socket, socketpair, io_uring_setup
            *(221, 281),  # execve, execveat
            *(117, 271, 129, 130),  # ptrace, process_vm_writev, kill, tkill
            *(138, 240, 424),  # rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
            *(35, 38, 276),  # unlinkat, renameat, renameat2
            *(34, 37, 36),  # mkdirat, linkat, symlinkat
            *(33, 45),  # mknodat, truncate
            *(52, 53, 452, 55, 54),  # fchmod, fchmodat, fchmodat2, fchown, fchownat
            *(88, 5, 6, 7, 14, 15, 16),  # utimensat, (l, f)setxattr, (l, f)removexattr
        ),
        cloning=220,
        signalling=131,  # tgkill
        opening=((56, 2),),  # openat
        newer=(435, 437),  # clone3, openat2
    ),
}


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_system_calls() -> bool:
    """Have the kernel refuse connections, programs, other processes and changes to files.

    Return whether it does: not where it has no such filter (other systems than Linux), nor where
    the call numbers of this machine's processor are not listed here.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _CALLS:
        return False
    instructions = _filter(_CALLS[machine])
    program = _Program(len(instructions) // 8, instructions)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.addressof(program), 0, 0) == 0)


def _filter(calls: _Calls) -> bytes:
    """Return the filter in classic BPF; offsets are those of struct seccomp_data."""
    denied = _return(_RETURN_ERRNO | errno.EPERM)
    number = _load(0)
    program = _load(4) + _unless_equal(calls.architecture, denied)
    program += number + _if_at_least(_X32_CALLS, denied)
    for call in calls.refused:
        program += _if_equal(call, denied)
    for call in calls.newer:
        program += _if_equal(call, _return(_RETURN_ERRNO | errno.ENOSYS))
    first = _load(16)
    program += _if_equal(calls.cloning, first + _unless_any_bit(_CLONE_THREAD, denied) + number)
    program += _if_equal(calls.signalling, first + _unless_equal(os.getpid(), denied) + number)
    for call, position in calls.opening:
        flags = _load(16 + 8 * position)
        program += _if_equal(call, flags + _if_any_bit(_WRITING, denied) + number)
    return program + _return(_RETURN_ALLOW)


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _load(offset: int) -> bytes:
    return _instruction(0x20, 0, 0, offset)


def _return(value: int) -> bytes:
    return _instruction(0x06, 0, 0, value)


def _if_equal(value: int, then: bytes) -> bytes:
    return _instruction(0x15, 0, len(then) // 8, value) + then


def _unless_equal(value: int, then: bytes) -> bytes:
    return _instruction(0x15, len(then) // 8, 0, value) + then


def _if_at_least(value: int, then: bytes) -> bytes:
    return _instruction(0x35, 0, len(then) // 8, value) + then


def _if_any_bit(value: int, then: bytes) -> bytes:
    return _instruction(0x45, 0, len(then) // 8, value) + then


def _unless_any_bit(value: int, then: bytes) -> bytes:
    return _instruction(0x45, len(then) // 8, 0, value) + then
