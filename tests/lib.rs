//! Shared parts of the whole-application tests.
