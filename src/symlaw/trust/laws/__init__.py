"""Named laws, which reports recognise and searches never see."""
