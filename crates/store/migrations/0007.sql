-- How a campaign stands is asked often: attempts that failed are few, and counted without reading all others.
CREATE INDEX attempt_failed ON attempt(failure_class) WHERE state = 'failed';
