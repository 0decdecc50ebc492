"""What difference recommendations made for children, once their actions are accepted: said, shown, judged."""
