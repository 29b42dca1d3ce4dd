"""``kizuna programme``: show, check, try out, publish and roll back the versions of a programme, as files."""
