//! Halftone on AWS Lambda.
