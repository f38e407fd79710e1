import ReferenceMethod
import Testing
