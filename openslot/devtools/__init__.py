"""What runs beside OpenSlot on a developer's machine and nowhere else."""
