"""The first configuration: find graphs and vaults, and write a config.toml."""
