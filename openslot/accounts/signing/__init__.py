"""How people come in: the seams of allauth, passwords and what leads back to one."""
