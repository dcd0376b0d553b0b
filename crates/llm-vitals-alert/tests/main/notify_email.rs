//! Mail, taken by a real mail server and read by Python's parser.

mod faults;
mod hostile;
mod letters;
mod login;
mod support;
