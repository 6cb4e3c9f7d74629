"""Networks as a person looks at them: tables, listings, pictures, notebook pages."""
