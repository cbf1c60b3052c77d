"""What is proposed to be deployed, and the digest that an approval is bound to. Nothing is imported here."""
