// Package load asks an HTTP server on this machine over keep-alive connections,
// as fast as it answers or at a rate that does not wait for it.
//
// Where client and server share a few processors, what the client costs is missing
// from what the server does. So there is one thread, epoll, requests made
// beforehand and of an answer no more read than where it ends; net/http's client
// takes several times what the server does. It works on Linux only.
package load
