"""Rules for Azure (pulumi-azure-native)."""
