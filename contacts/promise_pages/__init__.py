"""Pages of promises and expectations: of an account, of a person, and what is done about one."""
