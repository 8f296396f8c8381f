"""Where links lead: finding, classifying and resolving them."""
