/// Still images as files: reading (`ImageReader.swift`) and writing (`ImageFile*.swift`) are extensions of it.
public enum ImageFile {}
