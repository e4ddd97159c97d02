"""What a provider says in mails to customers."""
