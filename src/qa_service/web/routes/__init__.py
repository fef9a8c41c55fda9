"""The endpoints, one module a subject; each adds its own to the app, over the parts it is given."""
