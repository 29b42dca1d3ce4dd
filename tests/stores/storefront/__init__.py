"""The storefronts and back offices of both demonstration stores."""
