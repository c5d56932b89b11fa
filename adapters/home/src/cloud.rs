//! MongoDB, S3, SQS, SNS, Cognito and Secrets Manager, as far as the configuration names them.
