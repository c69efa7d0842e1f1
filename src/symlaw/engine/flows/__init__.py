"""Systems of differential and difference equations: rates, slopes and solutions."""
