"""The doctrine measured: is whoever costs the patient least on the first page?"""
