"""The process: HTTP, chats, web pages, delivery, the clock, the command line; the only place that knows an SDK."""
