"""The WordPress plugin: its files, and its functions run by PHP in a WordPress that is only as large as they need."""
