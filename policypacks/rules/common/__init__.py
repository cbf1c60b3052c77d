"""What several rule modules need: policy documents, network rules, credentials in texts. No rules here."""
