"""What is answered over HTTP: routes, what they take and give, who may call them and how often."""
