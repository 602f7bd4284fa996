"""Images of a rollout: from path, data URI, PIL image or bytes to what an encoder takes."""
