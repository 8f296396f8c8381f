"""What joins the steps: records, errors, config and commands."""
