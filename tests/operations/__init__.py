"""Those who keep the house: backup, restore, upgrades."""
