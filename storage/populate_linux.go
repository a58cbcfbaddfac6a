package storage

import "syscall"

// mapPopulate has the kernel read a mapping ahead, from its first page to its last.
const mapPopulate = syscall.MAP_POPULATE
