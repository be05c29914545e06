drop index velro.incident_affected_untold;
