// Package bus is the way between the server half of jobs and its workers: a NATS server,
// embedded in the server process or one that runs already, anywhere. It knows addresses,
// credentials and subjects, and how to wait while a cluster elects a leader; it knows nothing
// of what travels.
package bus
