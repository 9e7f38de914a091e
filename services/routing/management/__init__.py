"""Managing people, agencies, reference data (*Manajemen Pengguna*, *Manajemen Instansi*)."""
