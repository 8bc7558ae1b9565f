"""An old xls printed page by page: title and header again on each, a sheet per site, serial numbers."""
