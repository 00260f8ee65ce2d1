"""What a person is told, when, and by which way: in the app and by web push."""
