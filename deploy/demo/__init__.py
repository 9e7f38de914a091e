"""Demo data: agencies, staff, reference data, and a generator of varied reports.

Nothing here touches a database or a network. `agencies.AGENCIES`, `staff.STAFF` and `reference`
are loaded at first start. `reports.generate(rng, mix)` writes one report with everything people
will write about it; the same seed gives the same reports. `mix.json` holds the shares that reports
follow. Agencies carry real public names; people, contacts and events are invented.
"""
