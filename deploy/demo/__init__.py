"""Demo data: agencies, staff, reference data, and a generator of varied reports.

`seed.load` loads what a demo needs at first start. `reports.generate(rng)` writes one report in the
shares of `mix.toml`; the same seed gives the same reports. `driver.run` drives reports through a
running stack. Agencies carry real public names; people, contacts and events are invented.
"""
