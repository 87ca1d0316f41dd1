"""A bulletin's life: versions, approval, warnings, search, lexicons."""
