"""What a drill asks the sandbox cloud: which copies of data there are, what had arrived in them, where a name leads.

Modelled: which resources copy data to another region, what keeps them from doing so, when their backups run, which
record Route 53 answers with. Not modelled: the data itself, throughput, partial failures, consistency within a copy.
How long a copy takes is not known to the cloud: the caller says it.
"""
