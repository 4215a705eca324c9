"""A kitchen display as Django Channels applications are usually written."""
