"""Networks that exist already: referenced by their ids, or imported. Pure but for what is handed out."""
