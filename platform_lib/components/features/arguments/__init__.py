"""Groups of arguments of feature stores."""
