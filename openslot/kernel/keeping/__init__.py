"""What the database keeps beside the domain: answers, counts, sealed secrets; and how long."""
