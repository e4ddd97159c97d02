"""What goes out by SMTP, one mail at a time; in development, the mailbox."""
