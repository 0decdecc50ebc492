"""What is raised where no answer can be given; apart from the solver, which is heavy to load."""


class OutOfTime(Exception):
    """Report that the time was over before an answer was proven."""
