"""The store for agents: five tools that read it, over the Model Context Protocol."""
