-- A campaign's runs in the order they first ran: for pages of a table, wherever in the file they are.
CREATE INDEX run_of_campaign ON run(campaign_id);
-- How a campaign stands is asked often: attempts that failed are few, and counted without reading all others.
CREATE INDEX attempt_failed ON attempt(failure_class) WHERE state = 'failed';
