"""One module a page: layout and short callbacks. Dash runs these files itself; nobody imports them."""
