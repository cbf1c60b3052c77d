"""The sandbox engine: runs a Pulumi program in this process as the stock engine does. It loads nothing by itself."""
