-- An accepted request stands in the history as what it did. Hold and release change no status, so
-- their lines were the staff's alone; done directly they are the reporter's too.
UPDATE lifecycle.history
SET action = details->>'request',
    visibility = CASE WHEN visibility = 'staff' THEN 'reporter' ELSE visibility END
WHERE action = 'accept_request'
  AND details->>'request' IN ('hold', 'release', 'close', 'reopen');
